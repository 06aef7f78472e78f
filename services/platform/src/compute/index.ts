/**
 * Pure functions run somewhere: inline or on worker threads. Tasks are named exports of a module, so that a worker can import the same code;
 * arguments and results must survive structured cloning.
 */
export interface Compute {
  /** Runs `task` with `input`. Rejects with what the task threw, or a `BreakwaterError` `worker-failed` when its thread died (the task is not repeated). */
  run<Input, Output>(task: ComputeTask<Input, Output>, input: Input, signal?: AbortSignal): Promise<Output>;
  /** Ends every worker after its current task. */
  close(): Promise<void>;
}

/** A pure function and where a worker finds it. */
export interface ComputeTask<Input, Output> {
  /** `import.meta.url` of the module that exports it. */
  readonly module: string;
  /** Name of the export. */
  readonly name: string;
  readonly fn: (input: Input) => Output;
}
