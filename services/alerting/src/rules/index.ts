import type { ScoreMessage, WarningKind } from '@breakwater/contracts';
import { cascadeIgnition } from './cascade-ignition/rule.ts';
import type { Condition, RuleName } from './condition.ts';
import { depositsCluster } from './deposits-cluster/rule.ts';
import { depositsIssuer } from './deposits-issuer/rule.ts';
import { depthDrop } from './depth-drop/rule.ts';
import { ignitionDrop } from './ignition-drop/rule.ts';
import { reserveBelow } from './reserve-below/rule.ts';
import { reserveFloor } from './reserve-floor/rule.ts';
import { reserveMint } from './reserve-mint/rule.ts';
import { reserveUnlock } from './reserve-unlock/rule.ts';
import type { InputView } from './inputs.ts';
import type { RulesConfig } from '../config.ts';

/** What a rule made of a score, with what its lifecycle needs. */
export interface Evaluation {
  readonly rule: RuleName;
  readonly kind: WarningKind;
  readonly condition: Condition;
  readonly clearForSeconds: number;
}

/** Runs every rule on a score, in a fixed order. */
export function evaluateRules(score: ScoreMessage, config: RulesConfig, view: InputView): readonly Evaluation[] {
  const { cascadeIgnition: c, ignitionDrop: i, depositsIssuer: d, depositsCluster: o, depthDrop: b, reserveFloor: f, reserveMint: m, reserveUnlock: u, reserveBelow: p } = config;
  return [
    { rule: depositsIssuer.name, kind: depositsIssuer.kind, condition: depositsIssuer.evaluate(score, d, view), clearForSeconds: d.clearForSeconds },
    { rule: depositsCluster.name, kind: depositsCluster.kind, condition: depositsCluster.evaluate(score, o, view), clearForSeconds: o.clearForSeconds },
    { rule: depthDrop.name, kind: depthDrop.kind, condition: depthDrop.evaluate(score, b, view), clearForSeconds: b.clearForSeconds },
    { rule: reserveUnlock.name, kind: reserveUnlock.kind, condition: reserveUnlock.evaluate(score, u, view), clearForSeconds: u.clearForSeconds },
    { rule: reserveMint.name, kind: reserveMint.kind, condition: reserveMint.evaluate(score, m, view), clearForSeconds: m.clearForSeconds },
    { rule: reserveFloor.name, kind: reserveFloor.kind, condition: reserveFloor.evaluate(score, f, view), clearForSeconds: f.clearForSeconds },
    { rule: reserveBelow.name, kind: reserveBelow.kind, condition: reserveBelow.evaluate(score, p, view), clearForSeconds: p.clearForSeconds },
    { rule: ignitionDrop.name, kind: ignitionDrop.kind, condition: ignitionDrop.evaluate(score, i, view), clearForSeconds: i.clearForSeconds },
    { rule: cascadeIgnition.name, kind: cascadeIgnition.kind, condition: cascadeIgnition.evaluate(score, c, view), clearForSeconds: c.clearForSeconds },
  ];
}
