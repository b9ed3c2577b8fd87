import { render } from 'preact';
import { Panel } from '../../screens/panel/panel.tsx';
import '../../screens/look/look.css';
import '../../screens/look/records.css';

render(<Panel />, document.body);
