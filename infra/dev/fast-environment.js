import { Script } from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest's Node environment, several times faster for arithmetic. Jest runs tests in a context whose global object is intercepted, so that
 * every mention of `Math` in a loop costs as much as a call into C++. A lexical binding of the same name is found before the global
 * object is asked, and the optimiser may treat it as the constant it is.
 */
export default class FastEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    const context = this.getVmContext();
    if (context !== null) new Script('const { Math, Number, Array, Object, JSON, Map, Set, Int32Array, Float64Array } = globalThis;').runInContext(context);
  }
}
