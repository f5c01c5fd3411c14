// Reads events from an agency's queue, acknowledges them and prints one JSON line each:
// node read_queue.js URI QUEUE COUNT
import amqp from "amqplib";

const [uri, queue, count] = process.argv.slice(2);
const connection = await amqp.connect(uri);
const channel = await connection.createChannel();
await channel.prefetch(50);
let seen = 0;
const done = new Promise((resolve) => {
  channel.consume(queue, (message) => {
    const event = JSON.parse(message.content.toString("utf8"));
    console.log(JSON.stringify({ event, type: message.properties.contentType, id: message.properties.messageId }));
    channel.ack(message);
    if (++seen === Number(count)) resolve();
  });
});
await done;
await channel.close();
await connection.close();
