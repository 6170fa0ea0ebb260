// What stands before the servers in a trial, as a load balancer does: deliveries of Polar's come to it and go on to one
// server after the other. It notes what each was answered, and may be told to lose some.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';

export class Front {
  #server;
  #agent = new Agent({ keepAlive: true });
  #turn = 0;
  #secret;
  /** Where deliveries go. @type {string[]} */
  targets = [];
  /**
   * Each delivery that came: `isSigned` says whether its body is what was signed, `isFirst` whether its id is new.
   * `status` 0 is no answer, undefined is not answered yet.
   * @type {{ id: string, type: string, timestamp: string, isSigned: boolean, isFirst: boolean, status?: number }[]}
   */
  deliveries = [];
  /** Whether this delivery gets lost on the way, and Polar believes that it arrived. @type {(delivery: object) => boolean} */
  loses = () => false;
  #ids = new Set();

  /** @param {string} secret by which Polar signs */
  static async start(secret) {
    const front = new Front();
    front.#secret = secret;
    front.#server = createServer((incoming, answer) => front.#take(incoming, answer));
    front.#server.listen(0, '127.0.0.1');
    await once(front.#server, 'listening');
    return front;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** How many deliveries meet a condition. */
  count(condition) {
    return this.deliveries.filter(condition).length;
  }

  /** How many events came, however often each. */
  get events() {
    return this.#ids.size;
  }

  /** The ids of deliveries that no server has acknowledged so far. */
  unacknowledged() {
    const taken = new Set();
    for (const { id, status, isLost } of this.deliveries) if (status === 202 || isLost) taken.add(id);
    return [...this.#ids].filter((id) => !taken.has(id));
  }

  summary() {
    const acknowledged = this.count(({ status }) => status === 202);
    const others = this.deliveries.length - acknowledged;
    return `${this.#ids.size} deliveries, ${acknowledged} times acknowledged, ${others} times not`;
  }

  /** Sends one of its own, signed, as Polar would. Returns the status. */
  async deliver(id, type, data, timestamp) {
    const body = Buffer.from(JSON.stringify({ type, timestamp, data }));
    const time = String(Math.floor(Date.parse(timestamp) / 1000));
    const signature = `v1,${this.#sign(id, time, body)}`;
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': time,
      'webhook-signature': signature,
    };
    const { status } = await this.#pass({ method: 'POST', url: '/api/v1/polar/webhooks', headers }, body);
    return status;
  }

  stop() {
    this.#server.closeAllConnections();
    this.#agent.destroy();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  #sign(id, time, body) {
    return createHmac('sha256', this.#secret).update(`${id}.${time}.`).update(body).digest('base64');
  }

  async #take(incoming, answer) {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const id = incoming.headers['webhook-id'];
    const { type, timestamp } = JSON.parse(body.toString('utf8'));
    const signature = this.#sign(id, incoming.headers['webhook-timestamp'], body);
    const isSigned = incoming.headers['webhook-signature'].split(' ').includes(`v1,${signature}`);
    const delivery = { id, type, timestamp, isSigned, isFirst: !this.#ids.has(id) };
    this.#ids.add(id);
    this.deliveries.push(delivery);
    if (this.loses(delivery)) {
      delivery.isLost = true;
      return answer.writeHead(200).end();
    }
    const { status, text } = await this.#pass(incoming, body);
    delivery.status = status;
    // A server that is not there, or that died over it: Polar sees a connection that breaks.
    if (status === 0) return incoming.socket.destroy();
    answer.writeHead(status, { 'content-type': 'application/json' }).end(text);
  }

  #pass({ method, url, headers }, body) {
    const target = this.targets[this.#turn++ % this.targets.length];
    return new Promise((resolve) => {
      if (target === undefined) return resolve({ status: 0 });
      const options = {
        agent: this.#agent,
        method,
        headers: { ...headers, host: new URL(target).host },
        timeout: 9_000,
      };
      const sent = request(target + url, options, async (answer) => {
        const chunks = [];
        try {
          for await (const chunk of answer) chunks.push(chunk);
          resolve({ status: answer.statusCode, text: Buffer.concat(chunks).toString('utf8') });
        } catch {
          resolve({ status: 0 });
        }
      });
      sent.on('timeout', () => sent.destroy());
      sent.on('error', () => resolve({ status: 0 }));
      sent.end(body);
    });
  }
}
