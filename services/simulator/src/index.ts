export * from './chain/chain-driver.ts';
export { createMemoryChain } from './chain/memory.ts';
export type { MemoryChainOptions } from './chain/memory.ts';
export * from './driver.ts';
export type { Endpoint, EndpointPeer, EndpointSession } from './endpoint.ts';
export * from './loopback.ts';
export * from './venues/index.ts';
export * from './world/market.ts';
export * from './world/world.ts';
