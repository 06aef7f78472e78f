import { assetId, createRng, defined } from '@breakwater/models/core';
import { createSecret } from '@breakwater/platform/config';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedDisk } from '@breakwater/platform/simulated';
import { startTelegramServer } from '@breakwater/simulator';
import { describeNotifier } from '../../testing/notifier-suite.ts';
import { createGrammyApi } from './grammy-api.ts';
import { createTelegram } from './telegram.ts';
import { greyPng } from './testing/png.ts';

const token = '42:AAE-not_a_real_secret';

for (const pictures of [false, true]) {
  describeNotifier(`telegram, ${pictures ? 'with' : 'without'} pictures`, ['refuses', 'hangs'], async ({ clock }) => {
    const server = await startTelegramServer({ clock, rng: createRng(1), token, chats: [{ id: 7, kind: 'private' }] });
    const telegram = createTelegram({
      config: { chats: [7], pictures, commands: true, muteHours: 24 }, api: createGrammyApi({ token: createSecret(token), apiRoot: server.root }),
      journal: createSimulatedDisk({ rng: createRng(2) }).open().journal, clock, rng: createRng(3), log: silentLog, metrics: createMetrics(), assets: [assetId('OM')],
      sources: { status: () => null, warning: async () => [] }, picture: () => greyPng(90, 42),
    });
    return {
      notifier: defined(telegram.notifiers[0], 'a notifier'),
      received: () => server.messages(7).map((m) => m.text),
      idOf: (text) => {
        const [, id = '', revision = '1'] = /(BW-[A-Z0-9.]+-\d{8}-[0-9a-f]{8})(?:#(\d+))?/.exec(text) ?? [];
        return `${id}#${revision}`;
      },
      failNext: (tries) => server.force(...Array.from({ length: tries }, () => 'serverError' as const)),
      hangNext: () => server.force('hang'),
      secrets: [token, 'AAE-not_a_real_secret'],
      dispose: () => server.close(),
    };
  });
}
