see-as-map = See on a map
see-as-list = See as a list
proposals-map = Map of the proposals
map-explained = Choose a part of the city to read its proposals. The number says how many there are; the dots are the places they name.
map-places = Parts of the city
map-empty = { $n ->
    [one] There are none in one other part.
   *[other] There are none in { $shown } other parts.
}
