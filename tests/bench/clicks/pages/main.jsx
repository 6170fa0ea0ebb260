// The page of every contestant. The build says whose shop it is.
import Shop from '#shop';
import { createRoot } from 'react-dom/client';

createRoot(document.getElementById('root')).render(<Shop />);
