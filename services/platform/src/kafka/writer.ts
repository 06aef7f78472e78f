import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { KafkaConfig, Producer, ProducerBatch, ProducerConfig, RecordMetadata } from 'kafkajs';
import { Kafka } from 'kafkajs';
import { BreakwaterError } from '../errors.ts';

/** A producer with connections of its own, which can be cut off from them. */
export interface Writer {
  /** One call at a time. Rejects with what kafkajs says, or with `bus-failed` when the writer is cut. */
  send(batch: ProducerBatch): Promise<RecordMetadata[]>;
  /** Ends for good, at once: bytes that have not left this machine do not leave it, and nothing is tried again. What the brokers have received already they may still append. */
  cut(): void;
  /** Ends in order. */
  end(): Promise<void>;
}

/** As kafkajs's own sockets have it. */
const KEEP_ALIVE_MS = 60_000;

/** Opens connections for kafkajs: through `open` where it is given, and encrypted where kafkajs says so. `onOpened` is told of every connection, and may throw to refuse it. */
export function socketFactory(open: ((host: string, port: number) => Socket) | undefined, onOpened: (plain: Socket) => void = () => undefined): NonNullable<KafkaConfig['socketFactory']> {
  return ({ host, port, ssl, onConnect }) => {
    const plain = open === undefined ? connectTcp({ host, port }).setKeepAlive(true, KEEP_ALIVE_MS) : open(host, port);
    onOpened(plain);
    // Its type says that there always are terms of encryption; without encryption there are none.
    const encrypted = Boolean(ssl);
    const socket = encrypted ? connectTls({ ...ssl, socket: plain, ...(isIP(host) === 0 ? { servername: host } : {}) }) : plain;
    return socket.once(encrypted ? 'secureConnect' : 'connect', onConnect);
  };
}

/** Makes a writer; it connects when something is first sent. */
export function openWriter(config: KafkaConfig, open: ((host: string, port: number) => Socket) | undefined, terms: ProducerConfig): Writer {
  const sockets = new Set<Socket>();
  let isCut = false;
  let giveUp: (error: unknown) => void = () => undefined;
  let producer: Promise<Producer> | undefined;
  const drop = (socket: Socket): void => {
    // Bytes that wait in the machine would still be sent after an orderly end.
    if (socket.connecting) socket.destroy();
    else socket.resetAndDestroy();
  };
  const kafka = new Kafka({ ...config, socketFactory: socketFactory(open, (socket) => {
    if (isCut) {
      socket.on('error', () => undefined).destroy();
      throw new BreakwaterError('bus-failed', 'connection to Kafka not opened: its writer was given up');
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  }) });
  const connected = async (): Promise<Producer> => {
    const own = kafka.producer(terms);
    await own.connect();
    return own;
  };
  const opened = (): Promise<Producer> => (producer ??= connected().catch((error: unknown) => {
    producer = undefined;
    throw error;
  }));
  return {
    send: (batch) => new Promise((resolve, reject) => {
      giveUp = reject;
      opened().then((of) => of.sendBatch(batch)).then(resolve, reject);
    }),
    cut: () => {
      isCut = true;
      sockets.forEach(drop);
      giveUp(new BreakwaterError('bus-failed', 'writing to Kafka failed: the writer was given up'));
    },
    end: async () => {
      await producer?.then((of) => of.disconnect()).catch(() => undefined);
    },
  };
}
