// A wire between the server and Polar that a test can cut: closed, silent, or answering nothing but 500.
import { connect, createServer } from 'node:net';

const failure = '{"error":"InternalServerError","detail":"Internal Server Error"}';
const failingAnswer = [
  'HTTP/1.1 500 Internal Server Error',
  'content-type: application/json',
  `content-length: ${failure.length}`,
  'connection: close',
  '',
  failure,
].join('\r\n');

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
    if (this.#mode === 'failing') socket.once('data', () => socket.end(failingAnswer));
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
