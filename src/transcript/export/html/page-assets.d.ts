/** A file as the text that a page carries: see scripts/page-assets.ts. */
declare module '*?page' {
  const text: string
  export default text
}
