export { type AddendumStatement, addAddendum, checkAddendum } from './addendum.ts'
export {
  checkSigner,
  readAllowedSigners,
  type SignersFile,
  type SignersLine,
  type TrustAnswer,
} from './allowed-signers.ts'
export { approvalBytes, buildApproval, type Decision, signApproval } from './approval.ts'
export { buildApprovalRequest, type CheckedRequest, readApprovalRequest } from './approval-request.ts'
export {
  type ApprovalRequest,
  ApprovalRequestSchema,
  type ApprovalStatement,
  untrustedApproval,
} from './approval-statement.ts'
export { encode } from './canonical.ts'
export { isNamed, principalsOf, validUntilMs, whyNotValid } from './certified-signers.ts'
export { type Chain, type ChainedLine, type ChainSummary, createChain } from './chain.ts'
export { type ApprovalAnswer, type ApprovalContext, checkApproval, personRefusal } from './check-approval.ts'
export {
  compareRuns,
  type Difference,
  type DifferenceAbout,
  DifferenceSchema,
  runbookDiff,
} from './compare/compare-runs.ts'
export { createRunSummarizer, type RunSummary } from './compare/run-summary.ts'
export { addToken, PAYLOAD_TYPE, pae, sealSha256, signatureOf, toEnvelope } from './dsse.ts'
export { addendaIn } from './export/addenda.ts'
export { exportRefusal, oddity } from './export/derived.ts'
export { type EventBlock, type EventText, eventText, type FindStep } from './export/event-text.ts'
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
export { buildHandoff, checkHandoff, type HandoffAnswer, type HandoffContext, saysAcceptance } from './handoff.ts'
export { leafOfLine } from './hash.ts'
export { createJournalScanner, type JournalScan, scanJournal } from './journal-scan.ts'
export { type DecodedLine, decodeLine, LINE_BYTES, LONG_LINE_BYTES } from './line.ts'
export { approversNamedBy, mayEverSign } from './named-signers.ts'
export { oneLine } from './one-line.ts'
export { type ReadJournal, readJournal } from './read-journal.ts'
export { releaseFolder, releaseOfFolder } from './release-folder.ts'
export { checkRevoked, type RevocationFile } from './revoked-keys.ts'
export { createFactGatherer, type RunFacts } from './run-facts.ts'
export type { ScannedLine } from './scanned-line.ts'
export { checkBeforeSeal, type Seal, sealJournal, signSeal } from './seal.ts'
export { buildSealStatement, readUntrustedSeal, type SealStatement, SealStatementSchema } from './seal-statement.ts'
export { createRecordSearch, type FoundPlace, type RecordSearch } from './search-record.ts'
export type { Trust } from './signature-check.ts'
export {
  ADDENDUM_NAMESPACE,
  APPROVAL_NAMESPACE,
  ed25519RawSigner,
  ed25519Signer,
  type Namespace,
  type RawSigner,
  SEAL_NAMESPACE,
  type Signer,
} from './signer.ts'
export { readCertificate } from './ssh-certificate.ts'
export { readPublicKey, type SshPublicKey } from './ssh-key.ts'
export type { SshKeygen } from './ssh-keygen.ts'
export { type PrivateKeyAnswer, readPrivateKey } from './ssh-private-key.ts'
export { verifySshSig } from './sshsig.ts'
export { type VerifyInput, verifyTranscript } from './verify.ts'
export type { Expectations } from './verify-expectations.ts'
export { checkParents, type VerifiedRun } from './verify-parents.ts'
export type { DemandedPlan, VerifyPolicy } from './verify-policy.ts'
export { exitOf, type Finding, FindingSchema, type VerifyReport, VerifyReportSchema } from './verify-report.ts'
export type { CheckTimestamp } from './verify-timestamp.ts'
export { visible } from './visible.ts'
export type { WithheldLine } from './withheld-line.ts'
export { type Withholding, withholdJournal, withholdText } from './withhold.ts'
