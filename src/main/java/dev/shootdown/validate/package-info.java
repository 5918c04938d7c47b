/** Published measurements beside what the model predicts. */
package dev.shootdown.validate;
