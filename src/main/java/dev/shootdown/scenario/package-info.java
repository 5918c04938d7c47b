/** From HOCON to a wired machine and its workload. */
package dev.shootdown.scenario;
