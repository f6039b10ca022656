// The page at /graphiql: GraphiQL over our own /graphql, with the headers that one types there sent for subscriptions too.
//
// Rule: nothing is kept of what was typed as a header, since it holds a token. Loaded by that page alone.
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

const socket = new URL("/graphql/ws", location.href);
socket.protocol = socket.protocol.replace("http", "ws");

const fetcher = createGraphiQLFetcher({
  url: "/graphql",
  subscriptionUrl: socket.href,
  enableIncrementalDelivery: false,
});

const beginning = `{
  consultations(first: 5) {
    edges { node { id slug title } }
  }
}
`;

createRoot(document.getElementById("graphiql")).render(
  createElement(GraphiQL, {
    fetcher,
    defaultQuery: beginning,
    shouldPersistHeaders: false,
    isHeadersEditorEnabled: true,
  }),
);
