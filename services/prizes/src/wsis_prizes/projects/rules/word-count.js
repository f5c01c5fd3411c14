// The rule of the server (form.py): a word holds at least one letter or digit of any script.
export function wordCount(text) {
  return text.split(/\s+/u).filter((run) => /[\p{L}\p{N}]/u.test(run)).length;
}
