/** Programs of this machine that a verification may need. Loaded when one is: most need none, and it is half of the code. */
export { checkTimestampToken, gitConfig, isCommitted, makeTimestampQuery, runSshKeygen } from '../runner/local/index.ts'
