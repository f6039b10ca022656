see-as-map = Guarda sulla mappa
see-as-list = Guarda come elenco
proposals-map = Mappa delle proposte
map-explained = Scegli una zona per leggere le sue proposte. Il numero dice quante sono; i puntini sono i luoghi indicati.
map-places = Le zone
map-empty = { $n ->
    [one] In un’altra zona non ce ne sono.
   *[other] In altre { $shown } zone non ce ne sono.
}
