/** The software that changes mappings: KVM's second-stage table and its notifier protocol. */
package dev.shootdown.kernel.kvm;
