const RUN = '(?:run|use|execute|call|invoke|type|enter)\\b'
const BEGINS = new RegExp(`^(?:(?:please|then|next|first|now|and|so),?\\s+)*${RUN}`, 'i')
/** Whoever is spoken of, somebody is told to. */
const ASKS = new RegExp(
  `\\b(?:please|you (?:can|should|must|may|could|will)|(?:needs?|ha(?:s|ve)|sure|remember|necessary|required|step is) to)[,\\s]+(?:(?:then|first|also|to)\\s+)?${RUN}`,
  'i',
)
const GOES_ON = new RegExp(`\\b(?:then|and|to|first|next)[,\\s]+${RUN}`, 'i')
const CLAUSE = /^(?:once|when|whenever|after|before|if|as soon as|while|until|for|to|in|on|from)\b[^,]*,\s*/i
const DESCRIBES =
  /^(?:the|this|that|these|those|an?|we|it|its|they|our|each|every|some|all|any|there|i)\b|^(?!you\b)\S+(?: \S+){0,3} (?:is|are|was|were|has|have|had|will|can|may|lets?|allows?|does)\b/i

/**
 * Rule R9: whether a text tells a person to run what it names. "Open a shell and run `x`" does; "the image is used to run `x`"
 * says what something else is for.
 */
export function saysToRun(text: string): boolean {
  return text.split(/(?<=[.;:!])\s+/).some(sentence => {
    if (BEGINS.test(sentence) || ASKS.test(sentence)) return true
    return GOES_ON.test(sentence) && !DESCRIBES.test(sentence.replace(CLAUSE, ''))
  })
}
