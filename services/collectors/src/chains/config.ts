import { z } from 'zod';
import { antelopeChainSettings, antelopeFeedOf, type AntelopeChainConfig } from './antelope/config.ts';
import { evmChainSettings, feedOf, type EvmChainConfig } from './evm/config.ts';
import { isAntelope } from './tokens.ts';

/** One chain of the config. */
export type ChainConfig = EvmChainConfig | AntelopeChainConfig;
/** The `chains:` part of the config. */
export type ChainsConfig = Readonly<Record<string, ChainConfig>>;

/**
 * A CAIP-2 id (https://chainagnostic.org/CAIPs/caip-2): `eip155:1` for an EVM chain, `antelope:aca376f206b8fc25a6ed44dbdc66547c` (half of the chain id,
 * https://namespaces.chainagnostic.org/antelope/caip2) for an Antelope one.
 */
const chainName = z.string().regex(/^(eip155:[1-9]\d{0,15}|antelope:[0-9a-f]{32})$/, 'a CAIP-2 id such as eip155:1');

/** The `chains:` part of the config, by CAIP-2 id. */
export const chainsConfig = z
  .record(chainName, z.union([evmChainSettings, antelopeChainSettings]))
  .superRefine((chains, context) => {
    for (const [id, chain] of Object.entries(chains)) {
      if ((chain.family === 'antelope') !== isAntelope(id)) context.addIssue({ code: 'custom', path: [id, 'family'], message: `must be ${isAntelope(id) ? 'antelope' : 'evm'} for ${id}` });
      if ((chain.quorum ?? 1) > chain.endpoints.length) context.addIssue({ code: 'custom', path: [id, 'quorum'], message: 'must not be more than there are endpoints' });
    }
  })
  .transform((chains): ChainsConfig => Object.fromEntries(Object.entries(chains).map(([id, chain]) => [id, chain.family === 'antelope'
    ? { ...chain, feed: { ...antelopeFeedOf(chain.feed), quorum: chain.quorum } }
    : { ...chain, feed: { ...feedOf(id, chain.feed), quorum: chain.quorum } }])))
  .prefault({});
