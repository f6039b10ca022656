read-declaration = Leggi la dichiarazione di accessibilità
declaration = Dichiarazione di accessibilità
write-us = Scrivici
