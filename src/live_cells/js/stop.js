/**
 * A Stop as Pyodide asks for it: a signal, in the place 0 of what it was given.
 *
 * The page alone writes to the memory that it shares with its worker: a Stop that is pressed stays
 * there until another run begins. Pyodide writes 0 to take a signal, just after it has read one, or
 * none. Written to shared memory, that 0 would undo a Stop that came between the two.
 */
export class Stop {
  #memory;
  #isTaken = false;
  /** What was read last. */
  #seen = 0;

  /** @param {Uint8Array} memory shared with the page */
  constructor(memory) {
    this.#memory = memory;
  }

  get 0() {
    this.#seen = this.#isTaken ? 0 : this.#memory[0];
    return this.#seen;
  }

  set 0(_none) {
    if (this.#seen) this.#isTaken = true;
  }

  /** Have a Stop that was taken, or that is still to come, be taken once more. */
  again() {
    this.#isTaken = false;
  }
}
