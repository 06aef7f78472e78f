import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { dataFile } from '@breakwater/dev/env';
import { importLabels } from './import.ts';
import type { ImportedLabels } from './import-types.ts';
import { createLabelRegistry } from './registry.ts';
import { addressOn, isLabelText } from './text.ts';

/** A recorded list, read; undefined when it is not on this machine, which `dataFile` has said. */
function list(name: string): ImportedLabels | undefined {
  const path = dataFile(`labels/${name}`);
  if (path === undefined) return undefined;
  const read = importLabels(readFileSync(path, 'utf8'), { statedAt: 1, fileName: basename(path) });
  if (!read.ok) throw new Error(`${name}: ${read.error.rule}`);
  return read.value;
}

const names = ['eth-labels.csv', 'cex-addresses-2022-05.csv', 'ofac-ETH.json', 'ofac-ARB.json', 'ofac-BSC.json', 'ofac-USDC.json', 'ofac-USDT.json', 'forta/1/etherscan_malicious_labels.csv', 'forta/1/malicious_smart_contracts.csv', 'forta/1/phishing_scams.csv', 'forta/10/malicious_smart_contracts.csv'];

describe('lists that others publish', () => {
  const lists = new Map(names.map((name) => [name, list(name)]));
  const all = [...lists.values()].flatMap((read) => (read === undefined ? [] : [read]));

  it.each([
    ['eth-labels.csv', 'eth-labels', 55_235, 4], ['cex-addresses-2022-05.csv', 'exchange-list', 372, 0], ['ofac-ETH.json', 'ofac', 152, 0],
    // Tether is on other chains, too: 18 of the list are of Bitcoin's and Tron's.
    ['ofac-USDT.json', 'ofac', 26, 18], ['forta/1/etherscan_malicious_labels.csv', 'forta', 7_780, 0], ['forta/1/malicious_smart_contracts.csv', 'forta', 753, 0], ['forta/1/phishing_scams.csv', 'forta', 6_726, 0],
  ])('%s is read whole', (name, source, rows, refused) => {
    const read = lists.get(name);
    if (read === undefined) return;
    expect([read.source, read.rows, read.problems.length]).toEqual([source, rows, refused]);
    expect(read.mapped + read.unmapped).toBe(read.statements.length);
  });

  it('become statements that are as they must be, every row accounted for', () => {
    for (const { statements, rows, repeated, problems, format } of all) {
      // Forta's lists of contracts also speak of their creators.
      if (format !== 'forta') expect(statements.length + repeated + problems.length).toBe(rows);
      for (const { address, chain, label, confidence, nameTag = 'x' } of statements) {
        if (addressOn(chain, address) !== address || !isLabelText(label) || !(confidence > 0 && confidence <= 1) || nameTag === '' || nameTag.length > 96 || /\p{Cc}/u.test(nameTag)) throw new Error(`${address} ${label} ${confidence} ${nameTag}`);
      }
    }
  });

  it('name exchanges, issuers, mixers and the sanctioned', () => {
    if (all.length < names.length) return;
    const registry = createLabelRegistry({ statements: all.flatMap(({ statements }) => statements) });
    const label = (address: string): string | undefined => registry.labelOf(address, 'eip155:1', 2);
    expect(label('0x28c6c06298d514db089934071355e5743bf21d60')).toBe('exchange:binance');
    expect(label('0x71660c4005ba85c37ccec55d0c4493e66fe775d3')).toBe('exchange:coinbase');
    expect(label('0xca3d2a53de4d4bcf8b28ddd07f8e325839adb9ca')).toBe('issuer:mantra');
    // Tornado Cash is a mixer, and sanctioned: whose it is comes first, and both are told.
    const mixer = '0x12d66f87a04a9e220743712ce6d9bb1b5616b8fc';
    expect(registry.weigh(mixer, 'eip155:1', 2).map((weighed) => weighed.label)).toEqual(['mixer:tornado-cash', 'sanctioned:ofac']);
    // The list of the government and an explorer's agree: surer than either.
    expect(registry.weigh(mixer, 'eip155:1', 2)[1]?.confidence).toBeGreaterThan(0.99);
    expect(registry.addressCount).toBeGreaterThan(52_000);
  });
});
