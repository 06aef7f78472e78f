import type { Socket } from 'node:net';
import { connect, createServer, type AddressInfo } from 'node:net';

/** The way to a broker, in a test's hands. */
export interface Way {
  /** To be given to a client as its way to brokers. */
  readonly open: (host: string, port: number) => Socket;
  /** Ends every connection and refuses new ones, as the death of the process or its network would; `mend` ends that. */
  cut(): void;
  mend(): void;
  /** Swallows requests of one kind (https://kafka.apache.org/protocol#protocol_api_keys) and passes the others; undefined ends that for connections to come. */
  swallow(apiKey: number | undefined): void;
  /** How many requests were swallowed. */
  swallowed(): number;
  close(): Promise<void>;
}

/** A relay in front of brokers. */
export async function createWay(): Promise<Way> {
  const sockets = new Set<Socket>();
  let refusing = false;
  let unwanted: number | undefined;
  let swallowed = 0;
  /** Where the next connection to the relay is to go. */
  const targets: { readonly host: string; readonly port: number }[] = [];
  const server = createServer((client) => {
    const target = targets.shift();
    if (target === undefined) return void client.destroy();
    const broker = connect(target.port, target.host);
    const keep = (socket: Socket, other: Socket): void => {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    };
    keep(client, broker);
    keep(broker, client);
    broker.on('data', (data) => client.write(data));
    let rest = Buffer.alloc(0);
    client.on('data', (data) => {
      rest = Buffer.concat([rest, data]);
      while (rest.length >= 6 && rest.length >= 4 + rest.readInt32BE(0)) {
        const frame = rest.subarray(0, 4 + rest.readInt32BE(0));
        rest = rest.subarray(frame.length);
        if (frame.readInt16BE(4) === unwanted) swallowed++;
        else broker.write(frame);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    open: (host, port) => {
      if (refusing) return connect(1, '127.0.0.1');
      targets.push({ host, port });
      return connect(own, '127.0.0.1');
    },
    cut: () => {
      refusing = true;
      for (const socket of sockets) socket.destroy();
    },
    mend: () => void (refusing = false),
    swallow: (apiKey) => void (unwanted = apiKey),
    swallowed: () => swallowed,
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    }),
  };
}
