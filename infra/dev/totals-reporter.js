/** A Jest reporter that ends the output with one plain line of true counts. */
export default class TotalsReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const line = `${results.numPassedTests} passed, ${failed} failed, ${results.numPendingTests + results.numTodoTests} skipped\n`;
    // After the summary, which Jest writes last and to the other stream.
    process.once('exit', () => process.stdout.write(line));
  }
}
