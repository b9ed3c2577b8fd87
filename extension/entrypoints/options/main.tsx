import { render } from 'preact';
import { Options } from '../../screens/options/options.tsx';
import '../../screens/look/look.css';
import '../../screens/look/records.css';

render(<Options />, document.body);
