import { render } from 'preact';
import { Welcome } from '../../screens/welcome/welcome.tsx';
import '../../screens/look/look.css';

render(<Welcome />, document.body);
