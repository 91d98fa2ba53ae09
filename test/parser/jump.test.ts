import { describe, expect, test } from 'vitest'
import { jumpIn, tellsOfOutcome } from '../../src/parser/text/jump.ts'

const isHeading = (words: string) => words === 'roll back' || words === 'contacts'

describe('a sentence sends its reader to another place of the page', () => {
  test.each([
    ['If X fails, go to section 4.', 'section 4'],
    ['If X fails go to Section 4', 'section 4'],
    ['Otherwise skip ahead to step 4.', 'step 4'],
    ['You need to go back to step 3.2 then.', 'step 3.2'],
    ['If it is there already, continue with phase D.', 'phase D'],
    ['Repeat steps 1-3 for each region.', 'steps 1'],
    ['Once that is done, start over at § 2', '§ 2'],
    ['If the check fails, follow the instructions in section 7.', 'section 7'],
    ['If this fails, see "Roll back".', 'roll back'],
    ['On failure, jump to the section "Contacts".', 'contacts'],
    ['If it fails, go to section 4 of the on-call guide.', 'another page'],
  ])('%s', (sentence, expected) => {
    const jump = jumpIn(sentence, isHeading)
    const found = jump?.to === 'number' ? `${jump.word} ${jump.number}` : jump?.to === 'heading' ? jump.words : jump?.to
    expect(found).toBe(expected)
  })

  test.each([
    'Do not go to section 4.',
    'It will skip to step 4 by itself.',
    'How to go to section 4',
    'Continue with section 2.',
    'Repeat the steps above.',
    'Go to Releases and make a note of the tag.',
    'If you want to know more, see section 4.',
    'Go to section 4 of the on-call guide.',
    'Proceed with the following steps.',
  ])('and this one sends nobody: %s', sentence => {
    expect(jumpIn(sentence, isHeading)).toBeNull()
  })
})

test('a condition is about how it went where it speaks of failing, or of what stands before it', () => {
  expect(
    ['If the deploy fails, go', 'If they differ, go', 'Otherwise go', 'Then repeat', 'If the command prints 0, go'].map(
      tellsOfOutcome,
    ),
  ).not.toContain(false)
  expect(['If you are on version 1, go', 'Go to section 2 if it fails'].map(tellsOfOutcome)).not.toContain(true)
})
