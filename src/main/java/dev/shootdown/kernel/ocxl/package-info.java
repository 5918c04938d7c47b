/** The software that changes mappings: the driver of OpenCAPI links, its shoot-downs and faults. */
package dev.shootdown.kernel.ocxl;
