import { ClientShop } from './ClientShop.js';

export default function Page() {
  return <ClientShop />;
}
