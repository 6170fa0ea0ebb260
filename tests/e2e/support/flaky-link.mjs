// A wire between the server and Polar that a test can cut: closed, silent, or answering nothing but 500 (failing), or 422
// about the first usage event (refusing).
import { connect, createServer } from 'node:net';

const answer = (status, body) =>
  [
    `HTTP/1.1 ${status}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');

const answers = {
  failing: answer('500 Internal Server Error', '{"error":"InternalServerError","detail":"Internal Server Error"}'),
  refusing: answer(
    '422 Unprocessable Entity',
    '{"detail":[{"loc":["body","events",0,"name"],"msg":"Not today","type":"value_error"}]}',
  ),
};

export class FlakyLink {
  #target;
  #server;
  #port;
  #mode = 'passing';
  #sockets = new Set();

  /** @param {string} url where requests go while the link is passing */
  static async to(url) {
    const link = new FlakyLink(new URL(url));
    await link.#listen(0);
    return link;
  }

  constructor(target) {
    this.#target = target;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Changes what happens to connections; those that are open are cut. */
  async become(mode) {
    for (const socket of this.#sockets) socket.destroy();
    this.#mode = mode;
    if (mode === 'closed') await this.stop();
    else if (!this.#server.listening) await this.#listen(this.#port);
  }

  stop() {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #listen(port) {
    this.#server = createServer((socket) => this.#connected(socket));
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#port = this.#server.address().port;
        resolve();
      });
    });
  }

  #connected(socket) {
    this.#keep(socket);
    if (this.#mode in answers) socket.once('data', () => socket.end(answers[this.#mode]));
    if (this.#mode !== 'passing') return;
    const onward = this.#keep(connect(Number(this.#target.port), this.#target.hostname));
    socket.pipe(onward).pipe(socket);
  }

  #keep(socket) {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
