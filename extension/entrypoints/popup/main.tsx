import { render } from 'preact';
import { Popup } from '../../screens/popup/popup.tsx';
import '../../screens/look/look.css';
import '../../screens/look/records.css';

render(<Popup />, document.body);
