"""The analytics desk: what a year of messages shows. Every filter stands in the address."""
