/**
 * The house rules as tests: who may import whom, what no model may do, and how a file looks.
 *
 * <p>The table of rooms is read out of {@code docs/architecture.md}, so that page cannot drift away
 * from the code.
 */
package house;
