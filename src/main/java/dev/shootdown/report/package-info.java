/**
 * From result directories to tables, percentiles, pictures, and a verdict a reviewer can quote.
 *
 * <p>While a run goes on, {@code Stats} measures it from its facts, and {@code FactKeeper} keeps
 * them for timelines. {@code ResultDirectory} writes the files. All that a person looks at is then
 * made from those files alone: {@code Report} reads a directory, of a run or of a sweep, and gives
 * a page that needs no network, or its tables; {@code Difference} holds two runs side by side.
 */
package dev.shootdown.report;
