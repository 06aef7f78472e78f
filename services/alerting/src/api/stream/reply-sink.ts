import type { FastifyReply } from 'fastify';
import type { StreamSink } from './connection.ts';

/** Takes a reply over for server-sent events: its headers are sent, its body is the sink's from now on. */
export function replySink(reply: FastifyReply): StreamSink {
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.setHeader('content-type', 'text/event-stream; charset=utf-8');
  // Asks proxies not to wait for more before they pass on what there is (https://nginx.org/en/docs/http/ngx_http_proxy_module.html, proxy_buffering, read 2026-11).
  raw.setHeader('x-accel-buffering', 'no');
  raw.flushHeaders();
  return {
    write: (text) => void raw.write(text),
    buffered: () => raw.writableLength,
    onDrain: (fn) => void raw.on('drain', fn),
    onClose: (fn) => void raw.once('close', fn),
    end: () => void raw.destroy(),
  };
}
