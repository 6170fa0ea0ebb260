// The server of the rows that are Node itself.
import { createServer } from './routes.js';
import { serve } from './serve-node.js';

serve(createServer(process.env));
