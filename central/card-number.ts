// Whether a text is a card number (I11): what is typed or imported by mistake must not reach the disk. A whole text only;
// what is inside of documents is the appliance's business.

const cardNumber = /^\d(?:[ .-]?\d){11,18}$/;

export function isCardNumber(text: string): boolean {
  return cardNumber.test(text) && passesLuhn(text.replace(/\D/g, ''));
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const doubled = Number(digit) * (i % 2 === 0 ? 1 : 2);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
