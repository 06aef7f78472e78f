import { defaults } from '@breakwater/contracts';
import { z } from 'zod';
import { apiConfig } from './api/config.ts';
import { heartbeatConfig } from './heartbeat/config.ts';
import { telegramConfig } from './notifiers/telegram/config.ts';
import { webhooksConfig } from './notifiers/webhook/config.ts';
import { cascadeIgnitionConfig } from './rules/cascade-ignition/config.ts';
import { depositsClusterConfig } from './rules/deposits-cluster/config.ts';
import { depositsIssuerConfig } from './rules/deposits-issuer/config.ts';
import { depthDropConfig } from './rules/depth-drop/config.ts';
import { ignitionDropConfig } from './rules/ignition-drop/config.ts';
import { reserveBelowConfig } from './rules/reserve-below/config.ts';
import { reserveFloorConfig } from './rules/reserve-floor/config.ts';
import { reserveMintConfig } from './rules/reserve-mint/config.ts';
import { reserveUnlockConfig } from './rules/reserve-unlock/config.ts';

export { apiConfig };

/** Settings of the rules, one section a rule. */
export const rulesConfig = z
  .strictObject({
    cascadeIgnition: cascadeIgnitionConfig.prefault({}),
    ignitionDrop: ignitionDropConfig.prefault({}),
    depositsIssuer: depositsIssuerConfig.prefault({}),
    depositsCluster: depositsClusterConfig.prefault({}),
    depthDrop: depthDropConfig.prefault({}),
    reserveFloor: reserveFloorConfig.prefault({}),
    reserveMint: reserveMintConfig.prefault({}),
    reserveUnlock: reserveUnlockConfig.prefault({}),
    reserveBelow: reserveBelowConfig.prefault({}),
  })
  .readonly();
/** Settings of the rules. */
export type RulesConfig = z.infer<typeof rulesConfig>;

/** When a warning gets a new revision without a change of state, and when it ends for want of figures. */
export const lifecycleConfig = z
  .strictObject({
    /** Shortest event time between two revisions of a firing warning whose severity did not change, seconds. */
    updateEverySeconds: z.number().int().min(1).max(86_400).default(600),
    /** A firing warning is revised when its threshold falls to this share of that of its last revision, or its deposits rise by the inverse. */
    materialShare: z.number().positive().lt(1).default(0.5),
    /** A warning expires when nothing has been known of its condition for this long, seconds of event time. */
    expireAfterSeconds: z.number().int().min(60).max(2_592_000).default(86_400),
    /** Clear scores further apart than this do not count as clear in between, seconds. */
    maxGapSeconds: z.number().int().min(1).max(86_400).default(300),
  })
  .readonly();
/** Settings of the lifecycle. */
export type LifecycleConfig = z.infer<typeof lifecycleConfig>;

/**
 * What decides whether a warning waits for deposits that the chain may still undo: it tells of one as soon as no later moment is cheaper, its odds of being undone times the cost of a false alarm and the delay until then taken
 * together. Only the ratio counts; what was told and is undone is retracted.
 */
export const costsConfig = z
  .strictObject({
    /** Of a warning that turns out false, in any unit. */
    falseAlarm: z.number().nonnegative().max(1e12).default(defaults.costs.falseAlarm),
    /** Of every second that a true one comes later, in the same. */
    delayPerSecond: z.number().nonnegative().max(1e12).default(defaults.costs.delayPerSecond),
  })
  .readonly();

/** Settings of delivery. */
export const deliveryConfig = z
  .strictObject({
    /** One try may take this long, seconds (Standard Webhooks says 15 to 30). */
    timeoutSeconds: z.number().positive().max(300).default(15),
    /** An entry that was tried and is older than this is given up, seconds: what it says has long ceased to be true. */
    maxAgeSeconds: z.number().int().min(60).max(2_592_000).default(86_400),
    /** Entries read from the outbox at a time. */
    batch: z.number().int().min(1).max(1_000).default(64),
  })
  .readonly();
/** Settings of delivery. */
export type DeliveryConfig = z.infer<typeof deliveryConfig>;

/** Settings of the notifiers. */
export const notifiersConfig = z
  .strictObject({
    terminal: z.strictObject({ enabled: z.boolean().default(true) }).readonly().prefault({}),
    /** One CloudEvents document a line is appended to this file. */
    file: z.strictObject({ path: z.string().min(1) }).readonly().optional(),
    webhooks: webhooksConfig.default({}).describe('Receivers of the signed webhook feed, by name.'),
    telegram: telegramConfig.optional().describe('The Telegram bot and its chats.'),
  })
  .readonly();

/** The `alerting` section of the config. */
export const alertingConfig = z
  .strictObject({
    rules: rulesConfig.prefault({}),
    lifecycle: lifecycleConfig.prefault({}),
    costs: costsConfig.prefault({}),
    delivery: deliveryConfig.prefault({}),
    notifiers: notifiersConfig.prefault({}),
    heartbeat: heartbeatConfig.prefault({}),
    api: apiConfig.prefault({}),
  })
  .readonly();
/** The `alerting` section of the config. */
export type AlertingConfig = z.infer<typeof alertingConfig>;

/** The config with every default. */
export const defaultAlertingConfig: AlertingConfig = alertingConfig.parse({});
