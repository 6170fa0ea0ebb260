// What was charged so far.
import type { CustomerOrder } from '@plinto/polar';
import { date, money } from './format';

const reasons: Record<string, string> = {
  purchase: 'Purchase',
  subscription_create: 'First payment',
  subscription_cycle: 'Renewal',
  subscription_update: 'Plan change',
  subscription_meter_cycle: 'Usage',
};

export function Orders({ orders }: { orders: CustomerOrder[] }) {
  if (orders.length === 0) return null;
  return (
    <section className="card panel" aria-labelledby="orders-title">
      <header className="panel-header">
        <h2 id="orders-title">Orders</h2>
      </header>
      <div className="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Date</th>
              <th scope="col">For</th>
              <th scope="col" className="invoice">
                Invoice
              </th>
              <th scope="col">Status</th>
              <th scope="col" className="number">
                Amount
              </th>
            </tr>
          </thead>
          <tbody>
            {orders.map((order) => (
              <tr key={order.id}>
                <td>{date(order.createdAt, 'medium')}</td>
                <td>{reasons[order.billingReason] ?? order.billingReason}</td>
                <td className="invoice">{order.invoiceNumber ?? '-'}</td>
                <td>
                  <span className={`badge badge-${order.paid ? 'success' : 'warning'}`}>{statusText(order)}</span>
                </td>
                <td className="number">{money(order.totalAmount, order.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function statusText({ status }: CustomerOrder): string {
  const words = status.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
