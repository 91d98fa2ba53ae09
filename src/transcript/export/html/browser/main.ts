import { carryEvidence } from './evidence-box.ts'
import { filterSteps } from './filter.ts'
import { searchPage } from './search.ts'

// A page without this script is complete: it adds search, and a check of the evidence that the page carries. Everything it
// writes, it writes as text.
searchPage(filterSteps())
carryEvidence()
