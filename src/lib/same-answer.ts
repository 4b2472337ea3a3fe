/** The last question and its answer, for those who ask it again and again. What failed is asked anew. */
export class SameAnswer<Value> {
  #asked: string | null = null;
  #answer: Promise<Value> | null = null;

  /** `question` names all that decides the answer; asked twice at once, it is loaded once. */
  to(question: string, load: () => Promise<Value>): Promise<Value> {
    if (question === this.#asked && this.#answer !== null) return this.#answer;
    const answer = load();
    this.#asked = question;
    this.#answer = answer;
    answer.catch(() => {
      if (this.#answer === answer) this.#answer = null;
    });
    return answer;
  }
}
