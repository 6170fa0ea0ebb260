// Shows the shop in a page that a browser alone renders.
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { Shop } from './Shop.js';

createRoot(document.getElementById('root')).render(createElement(Shop));
