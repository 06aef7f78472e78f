import type { Endpoint } from '../endpoint.ts';
import type { World } from '../world/world.ts';
import { createBinanceEndpoint } from './binance.ts';
import { createBybitEndpoint } from './bybit.ts';
import { createHyperliquidEndpoint } from './hyperliquid.ts';
import { createOkxEndpoint } from './okx.ts';

/** Names of the simulated hosts. Bybit serves spot and linear on one host, Binance has a host for each. */
export const endpointNames = ['binance-spot', 'binance-usdm', 'bybit', 'okx', 'hyperliquid'] as const;
/** The name of a simulated host. */
export type EndpointName = (typeof endpointNames)[number];

/** Every simulated venue of a world. Make them once: each listens to the world's steps. */
export function venueEndpoints(world: World): Readonly<Record<EndpointName, Endpoint>> {
  return {
    'binance-spot': createBinanceEndpoint(world, 'spot'),
    'binance-usdm': createBinanceEndpoint(world, 'usdm'),
    bybit: createBybitEndpoint(world),
    okx: createOkxEndpoint(world),
    hyperliquid: createHyperliquidEndpoint(world),
  };
}
