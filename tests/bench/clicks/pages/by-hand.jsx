// What a page does by hand: it asks a route of its own, which uses Polar's SDK. The organization's token is the server's.
import { Button } from './button.jsx';

async function buy() {
  const answer = await fetch('/api/checkout', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ product: 'pro' }),
  });
  if (!answer.ok) throw new Error(`the shop answered ${answer.status}`);
  const { url } = await answer.json();
  location.assign(url);
}

export default function Shop() {
  return <Button buy={buy} />;
}
