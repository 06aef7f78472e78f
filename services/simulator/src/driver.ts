import type { EpochMs } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import type { ChainDriver } from './chain/chain-driver.ts';
import type { World } from './world/world.ts';

/** Moves a world and its chain together. It knows no wall clock: time passes when `advance` is called and not otherwise. */
export interface Driver {
  /** Mines the history of the chain: every transfer before the scenario's start, one block each time. Call once, before the first `advance`. */
  prepare(): Promise<void>;
  /** Goes to `t`: mines one block with the transfers due, then steps the world. Resolves when the block is mined and every frame is handed to its transport. */
  advance(t: EpochMs): Promise<void>;
  now(): EpochMs;
}

/** Makes a driver. Without a chain only the venues move. */
export function createDriver(deps: { readonly world: World; readonly chain?: ChainDriver }): Driver {
  const { world, chain } = deps;
  const { transfers, start } = world.scenario;
  let next = 0;
  let minedAt = -1;
  const mineDue = async (t: EpochMs): Promise<void> => {
    if (chain === undefined) return;
    for (let due = transfers[next]; due !== undefined && due.at <= t; due = transfers[next]) {
      next += 1;
      await chain.transfer(due.from, due.to, due.units);
    }
    await chain.mineAt(t);
    minedAt = t;
  };
  return {
    prepare: async () => {
      for (let due = transfers[next]; due !== undefined && due.at < start; due = transfers[next]) await mineDue(due.at);
    },
    advance: async (t) => {
      // The world is at the scenario's start before the first call; its block is mined by it.
      if (t > minedAt) await mineDue(t);
      world.advance(t);
    },
    now: () => epochMs(world.now()),
  };
}
