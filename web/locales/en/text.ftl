read-declaration = Read the accessibility declaration
declaration = Accessibility declaration
write-us = Write to us
