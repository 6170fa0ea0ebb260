import { createRoutes } from '../common/routes.js';

const { webhooks } = createRoutes(process.env);
export default defineEventHandler((event) => webhooks(toWebRequest(event)));
