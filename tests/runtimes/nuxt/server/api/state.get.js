import { createRoutes } from '../common/routes.js';

const { state } = createRoutes(process.env);
export default defineEventHandler((event) => state(toWebRequest(event)));
