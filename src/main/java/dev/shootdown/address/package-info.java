/** What a page is: ranges, sizes, permissions, address-space ids. Values only. */
package dev.shootdown.address;
