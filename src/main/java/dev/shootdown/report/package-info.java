/**
 * From result directories to tables, percentiles, pictures, and a verdict a reviewer can quote.
 *
 * <p>The only picture so far is the witness's chart in plain text.
 */
package dev.shootdown.report;
