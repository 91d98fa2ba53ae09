export {
  compareRuns,
  type Difference,
  type DifferenceAbout,
  DifferenceSchema,
  runbookDiff,
} from './compare/compare-runs.ts'
export { createRunSummarizer, type RunSummary } from './compare/run-summary.ts'
export { encode } from './encoding/canonical.ts'
export { leafOfLine } from './encoding/hash.ts'
export { oneLine } from './encoding/one-line.ts'
export { releaseFolder, releaseOfFolder } from './encoding/release-folder.ts'
export { visible } from './encoding/visible.ts'
export { addendaIn } from './export/addenda.ts'
export { exportRefusal, oddity } from './export/derived.ts'
export { type EventBlock, type EventText, eventText } from './export/event-text.ts'
export { createExcerpt, type Excerpt, type ExcerptMaker } from './export/excerpt.ts'
export {
  createExportSource,
  type ExportFile,
  type ExportFormat,
  type ExportSource,
  type Piece,
} from './export/format.ts'
export { FORMATS } from './export/formats.ts'
export { FORMAT_NAMES, type FormatName } from './export/names.ts'
export { createPlanNames, type PlanNames } from './export/plan-names.ts'
export { type Chain, type ChainedLine, type ChainSummary, createChain } from './journal/chain.ts'
export { createJournalScanner, type JournalScan, scanJournal } from './journal/journal-scan.ts'
export { type DecodedLine, decodeLine, LINE_BYTES, LONG_LINE_BYTES } from './journal/line.ts'
export { type FollowedJournal, followJournal, readJournal } from './journal/read-journal.ts'
export { createFactGatherer, type RunFacts } from './journal/run-facts.ts'
export type { ScannedLine } from './journal/scanned-line.ts'
export { createRecordSearch, type FoundPlace, type RecordSearch } from './journal/search-record.ts'
export type { WithheldLine } from './journal/withheld-line.ts'
export {
  checkSigner,
  readAllowedSigners,
  type SignersFile,
  type SignersLine,
  type TrustAnswer,
} from './ssh/allowed-signers.ts'
export { isNamed, principalsOf, validUntilMs, whyNotValid } from './ssh/certified-signers.ts'
export { approversNamedBy, mayEverSign } from './ssh/named-signers.ts'
export { checkRevoked, type RevocationFile } from './ssh/revoked-keys.ts'
export {
  ADDENDUM_NAMESPACE,
  APPROVAL_NAMESPACE,
  ed25519RawSigner,
  ed25519Signer,
  type Namespace,
  type RawSigner,
  SEAL_NAMESPACE,
  type Signer,
} from './ssh/signer.ts'
export { readCertificate } from './ssh/ssh-certificate.ts'
export { readPublicKey, type SshPublicKey } from './ssh/ssh-key.ts'
export type { SshKeygen } from './ssh/ssh-keygen.ts'
export { type PrivateKeyAnswer, readPrivateKey } from './ssh/ssh-private-key.ts'
export { verifySshSig } from './ssh/sshsig.ts'
export { type AddendumStatement, addAddendum, checkAddendum } from './statements/addendum.ts'
export { approvalBytes, buildApproval, type Decision, signApproval } from './statements/approval.ts'
export { buildApprovalRequest, type CheckedRequest, readApprovalRequest } from './statements/approval-request.ts'
export { type ApprovalRequest, ApprovalRequestSchema, type ApprovalStatement } from './statements/approval-statement.ts'
export { type ApprovalAnswer, type ApprovalContext, checkApproval, touchRefusal } from './statements/check-approval.ts'
export { addToken, PAYLOAD_TYPE, pae, sealSha256, signatureOf, toEnvelope } from './statements/dsse.ts'
export {
  buildHandoff,
  checkHandoff,
  type HandoffAnswer,
  type HandoffContext,
  saysAcceptance,
} from './statements/handoff.ts'
export { type OwnAnswer, ownAnswer } from './statements/own-answer.ts'
export { checkBeforeSeal, type Seal, sealJournal, signSeal } from './statements/seal.ts'
export {
  buildSealStatement,
  readUntrustedSeal,
  type SealStatement,
  SealStatementSchema,
} from './statements/seal-statement.ts'
export type { Trust } from './statements/signature-check.ts'
export { unreadableReport } from './verify/build-report.ts'
export { exitOf } from './verify/verdict.ts'
export { type VerifyInput, verifyTranscript } from './verify/verify.ts'
export type { Expectations } from './verify/verify-expectations.ts'
export { checkParents, type VerifiedRun } from './verify/verify-parents.ts'
export type { DemandedPlan, VerifyPolicy } from './verify/verify-policy.ts'
export { type Finding, FindingSchema, type VerifyReport, VerifyReportSchema } from './verify/verify-report.ts'
export type { CheckTimestamp } from './verify/verify-timestamp.ts'
export { type Withholding, withholdJournal, withholdText } from './verify/withhold.ts'
