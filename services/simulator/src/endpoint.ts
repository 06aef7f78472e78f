/** A server without a transport, as the simulated network and the loopback server take it. */
export type { Endpoint, EndpointPeer, EndpointSession } from '@breakwater/platform/simulated';
